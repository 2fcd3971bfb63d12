use rustix::{
    fs::{Mode, chmod},
    io::{FdFlags, fcntl_setfd},
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType},
};
use std::{
    env, fs, io,
    os::{
        fd::{FromRawFd, OwnedFd},
        unix::ffi::OsStrExt,
        unix::net::UnixListener as StdListener,
    },
    path::Path,
};
use tokio::net::UnixListener;

/// The first descriptor that systemd hands over (sd_listen_fds(3)).
const FIRST_LISTEN_FD: i32 = 3;

/// Takes systemd's socket if there is one, so that connections made before the start are served, or else binds `path`.
pub fn listen(path: &Path) -> io::Result<UnixListener> {
    let listener = match from_systemd() {
        Some(listener) => {
            // Otherwise every program that is started here would hold the socket too.
            fcntl_setfd(&listener, FdFlags::CLOEXEC)?;
            listener
        }
        None => bind(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?,
    };
    listener.set_nonblocking(true)?;
    UnixListener::from_std(listener)
}

#[allow(unsafe_code, reason = "the only way to take over a descriptor that was inherited by number")]
fn from_systemd() -> Option<StdListener> {
    let meant_for_us = env::var("LISTEN_PID").ok()?.parse() == Ok(std::process::id());
    let one = env::var("LISTEN_FDS").is_ok_and(|count| count == "1");
    // SAFETY: sd_listen_fds(3) promises descriptor 3 to this process, and nothing else here takes it.
    (meant_for_us && one).then(|| unsafe { OwnedFd::from_raw_fd(FIRST_LISTEN_FD) }.into())
}

fn bind(path: &Path) -> io::Result<StdListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = StdListener::bind(path)?;
    chmod(path, Mode::from_raw_mode(0o660))?;
    Ok(listener)
}

/// Tells systemd that the service is ready (sd_notify(3)); without systemd there is nobody to tell.
pub fn notify_ready() -> io::Result<()> {
    let Some(name) = env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let address = match name.as_bytes() {
        [b'@', name @ ..] => SocketAddrUnix::new_abstract_name(name)?,
        path => SocketAddrUnix::new(path)?,
    };
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    rustix::net::sendto(&socket, b"READY=1", rustix::net::SendFlags::empty(), &address)?;
    Ok(())
}
