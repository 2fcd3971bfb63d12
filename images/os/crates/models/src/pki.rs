//! `settings.pki`: certificates of issuers by which servers of TLS are trusted, beside or in spite of the image's own.

use crate::{names::Names, values::BundleName};
use base64::{Engine, prelude::BASE64_STANDARD};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Of base64: some hundred certificates, and four such bundles fit into one request.
const MAX_BYTES: usize = 1 << 18;
/// RFC 7468, section 2.
const PEM_LINE_CHARACTERS: usize = 64;

/// Base64 of certificates in the form of PEM (RFC 7468). An empty one is a bundle that is not in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PemBundle(String);

impl TryFrom<String> for PemBundle {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        certificates(&text).map(|_| Self(text))
    }
}

impl From<PemBundle> for String {
    fn from(bundle: PemBundle) -> Self {
        bundle.0
    }
}

impl Names for PemBundle {}

fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let refuse = |reason: &str| format!("this is not base64 of certificates in the form of PEM: {reason}");
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if text.len() > MAX_BYTES {
        return Err(refuse(&format!("it has {} bytes, up to {MAX_BYTES} are allowed", text.len())));
    }
    let pem = BASE64_STANDARD.decode(text).map_err(|error| refuse(&error.to_string()))?;
    let found = from_pem(&pem).map_err(|reason| refuse(&reason))?;
    if found.is_empty() {
        return Err(refuse("it has no -----BEGIN CERTIFICATE-----"));
    }
    for (index, certificate) in found.iter().enumerate() {
        // What is no anchor of trust here would be of no use to whoever verifies a server.
        webpki::anchor_from_trusted_cert(certificate)
            .map_err(|error| refuse(&format!("certificate {} of {} in it: {error}", index + 1, found.len())))?;
    }
    Ok(found)
}

fn from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    data: PemBundle,
    #[serde(default)]
    trusted: bool,
}

/// The certificates to trust, in the form of PEM: those of `shipped`, which is of the same form, and of the bundles of
/// `pki` that are trusted. None that also is in a bundle which is not trusted; that is so by default, as upstream has it
/// (certdog).
///
/// # Errors
/// When `shipped` is not PEM, or `pki` is not what this setting is.
pub fn trusted_certificates(shipped: &[u8], pki: &Value) -> Result<String, String> {
    let bundles: BTreeMap<BundleName, Entry> =
        Deserialize::deserialize(pki).map_err(|error| format!("settings.pki: {error}"))?;
    let mut trusted = from_pem(shipped)?;
    let mut distrusted = Vec::new();
    for Entry { data, trusted: is_trusted } in bundles.into_values() {
        let into = if is_trusted { &mut trusted } else { &mut distrusted };
        into.extend(certificates(&data.0)?);
    }
    trusted.retain(|certificate| !distrusted.contains(certificate));
    Ok(trusted.iter().map(|certificate| to_pem(certificate)).collect())
}

fn to_pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines = text.as_bytes().chunks(PEM_LINE_CHARACTERS).map(|line| String::from_utf8_lossy(line) + "\n");
    format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings_from_json;
    use serde_json::json;

    const ONE: &str = include_str!("../testing/one.pem");
    const TWO: &str = include_str!("../testing/two.pem");

    fn refusal(data: &str) -> String {
        settings_from_json(json!({"pki": {"my-ca": {"data": data, "trusted": true}}})).expect_err("refused").to_string()
    }

    #[test]
    fn what_is_no_certificate_is_refused_by_the_name_of_the_bundle() {
        let broken = ONE.replace("MII", "AAA");
        let encode = |text: &str| BASE64_STANDARD.encode(text);
        for (data, reason) in [
            ("%%%".to_owned(), "Invalid symbol 37, offset 0"),
            (encode("hello"), "it has no -----BEGIN CERTIFICATE-----"),
            (encode(&ONE[..200]), "certificates in the form of PEM: "),
            (encode(&format!("{TWO}{broken}")), "certificate 2 of 2 in it: "),
            ("A".repeat(MAX_BYTES + 4), "it has 262148 bytes, up to 262144 are allowed"),
        ] {
            let told = refusal(&data);
            assert!(told.starts_with("settings.pki.my-ca.data: this is not base64") && told.contains(reason), "{told}");
        }
        let told = settings_from_json(json!({"pki": {"a b": {"trusted": true}}})).expect_err("refused").to_string();
        assert!(told.contains("1 to 64 letters, digits and hyphens"), "{told}");
    }

    #[test]
    fn trusted_bundles_are_added_and_others_taken_away() {
        let bundle = |pem: &str, trusted: bool| json!({"data": BASE64_STANDARD.encode(pem), "trusted": trusted});
        let merge = |pki| trusted_certificates(ONE.as_bytes(), &pki).expect("merged");
        assert_eq!(merge(json!({})), ONE);
        assert_eq!(merge(json!({"a": bundle(TWO, true), "b": {"data": ""}})), format!("{ONE}{TWO}"));
        assert_eq!(merge(json!({"a": bundle(&format!("# two\n{TWO}{ONE}"), true)})), format!("{ONE}{TWO}{ONE}"));
        assert_eq!(merge(json!({"a": bundle(TWO, true), "b": {"data": BASE64_STANDARD.encode(ONE)}})), TWO);
    }
}
