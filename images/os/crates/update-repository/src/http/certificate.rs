//! Why a server's certificate was refused, in words that say what to do about it.

use crate::http::error::FetchError;
use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, InvalidMessage};
use std::io;

/// What a TLS handshake with `host` failed from. Only what the network did may go better another time.
pub fn explain(failure: &io::Error, host: &str) -> FetchError {
    match failure.get_ref().and_then(|cause| cause.downcast_ref()) {
        Some(Error::InvalidCertificate(refusal)) => FetchError::Fatal(words(refusal, host)),
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            FetchError::Fatal(format!("{host} does not answer in TLS; is the address to begin with http://?"))
        }
        Some(error) => FetchError::Fatal(format!("TLS with {host}: {error}")),
        None => FetchError::Broken(format!("TLS with {host}: {failure}")),
    }
}

fn words(refusal: &CertificateError, host: &str) -> String {
    match refusal {
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("the certificate of {host} is for another name: {}", names(presented))
        }
        CertificateError::ExpiredContext { time, not_after } => {
            let (now, end) = (at(*time), at(*not_after));
            format!("the certificate of {host} expired at {end}; it is {now} by this machine's clock")
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let (now, begin) = (at(*time), at(*not_before));
            format!(
                "the certificate of {host} is not valid before {begin}, and it is {now} by this machine's clock; \
                 if that is wrong, the clock is not synchronized: settings.ntp says with what it is"
            )
        }
        // Anybody can name a trusted issuer; only that one can sign.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "the certificate of {host} is from an issuer that is not trusted; settings.pki can add the issuer's \
             certificate"
        ),
        other => format!("the certificate of {host} is refused: {other}"),
    }
}

fn names(presented: &[String]) -> String {
    if presented.is_empty() { "it has none".into() } else { presented.join(", ") }
}

fn at(time: UnixTime) -> String {
    let second = i64::try_from(time.as_secs()).ok().and_then(|second| Timestamp::from_second(second).ok());
    second.map_or_else(|| format!("second {}", time.as_secs()), |time| time.to_string())
}
