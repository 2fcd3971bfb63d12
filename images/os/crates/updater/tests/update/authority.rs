//! A certificate authority for servers of HTTPS.

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivateKeyDer;
use std::sync::Arc;

pub struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

/// Years from whose beginning to whose beginning a certificate is valid.
type Validity = (i32, i32);

pub const VALID: Validity = (2020, 2100);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self { certificate: params.self_signed(&key).expect("a certificate"), key }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A server with a certificate for `name`.
    pub fn issue(&self, name: &str, (from, to): Validity) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.certificate, &self.key).expect("a certificate");
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        Arc::new(config.with_single_cert(vec![certificate.into()], key).expect("a pair"))
    }
}
