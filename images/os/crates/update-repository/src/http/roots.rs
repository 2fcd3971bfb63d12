//! The roots of trust by which HTTPS servers are verified.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio_rustls::TlsConnector;

/// A file of PEM certificates. It is read when the first server is to be verified: most of its hundred and more
/// certificates are for nothing on a machine that fetches over plain HTTP.
#[derive(Debug)]
pub struct Roots {
    path: PathBuf,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Roots {
    pub fn at(path: PathBuf) -> Self {
        Self { path, config: OnceLock::new() }
    }

    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn connector(&self) -> Result<TlsConnector, String> {
        let config = self.config.get_or_init(|| {
            configure(&self.path).map(Arc::new).map_err(|reason| format!("{}: {reason}", self.path.display()))
        });
        config.clone().map(TlsConnector::from)
    }
}

fn configure(path: &Path) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
        // One that is of no use must not keep the others from being used.
        roots.add_parsable_certificates([certificate.map_err(|error| error.to_string())?]);
    }
    if roots.is_empty() {
        return Err("it has no certificate to verify an HTTPS server by".into());
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let versions = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
