use crate::spool::Spool;
use flate2::{Compression, write::GzEncoder};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};
use tar::{Builder, Header};

const NAME: &str = "bottlerocket-logs";
/// Before compression. The archive is on DATA, which may be almost full just when it is needed.
const MAX_TOTAL_BYTES: u64 = 256 << 20;

/// The archive in the making. It takes the place of an older one only once it is whole.
pub struct Archive {
    directory: PathBuf,
    builder: Option<Builder<GzEncoder<File>>>,
    bytes: u64,
}

impl Archive {
    /// Only root may read it, and make the directory.
    pub fn create(directory: &Path) -> Result<Self, String> {
        let at = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| at(directory, error))?;
        let partial = partial(directory);
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial);
        let file = opened.map_err(|error| at(&partial, error))?;
        let builder = Builder::new(GzEncoder::new(file, Compression::default()));
        Ok(Self { directory: directory.to_owned(), builder: Some(builder), bytes: 0 })
    }

    /// On the file system of the archive.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether there is no room for what has so many bytes.
    pub fn is_full_for(&self, bytes: u64) -> bool {
        self.bytes + bytes > MAX_TOTAL_BYTES
    }

    pub fn add(&mut self, name: &str, spool: &mut Spool) -> io::Result<()> {
        self.bytes += spool.bytes;
        self.append(name, spool.bytes, &mut spool.file)
    }

    /// Without regard to how much is in it already.
    pub fn add_text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.append(name, text.len() as u64, &mut text.as_bytes())
    }

    fn append(&mut self, name: &str, bytes: u64, content: &mut dyn io::Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()));
        let builder = self.builder.as_mut().expect("it is there until the archive is finished");
        builder.append_data(&mut header, format!("{NAME}/{name}"), content)
    }

    /// The path of the whole archive.
    pub fn finish(mut self) -> Result<PathBuf, String> {
        let path = self.directory.join(format!("{NAME}.tar.gz"));
        let builder = self.builder.take().expect("it is there until the archive is finished");
        let finished = (|| {
            builder.into_inner()?.finish()?.sync_all()?;
            fs::rename(partial(&self.directory), &path)
        })();
        finished.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // Nothing is left of one that was not finished.
        let _ = fs::remove_file(partial(&self.directory));
    }
}

fn partial(directory: &Path) -> PathBuf {
    directory.join(format!(".{NAME}.tar.gz.partial"))
}
