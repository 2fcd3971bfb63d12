//! Why settings are refused, in words that end up on consoles, in journals and in answers. A setting may hold a secret, and
//! what was meant to be one may stand where it doesn't belong; so no value is ever repeated, only its key and kind.

use serde::{
    Deserialize,
    de::{
        Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;
use std::fmt;

/// What is shown of a name, in characters; of a setting's that is usually all.
const SHOWN_CHARACTERS: usize = 255;

/// The beginning of a name that someone else has chosen, on one line.
#[must_use]
pub fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(SHOWN_CHARACTERS).map(|c| if c.is_control() { '?' } else { c }).collect();
    if name.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

#[derive(Debug)]
pub struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

fn kind(found: &Unexpected) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Str(_) | Unexpected::Char(_) => "a string",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a table",
        _ => "something else",
    }
}

impl Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(found: Unexpected, expected: &dyn Expected) -> Self {
        Self(format!("invalid type: {}, expected {expected}", kind(&found)))
    }

    fn invalid_value(found: Unexpected, expected: &dyn Expected) -> Self {
        Self(format!("invalid value: {}, expected {expected}", kind(&found)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self(format!("invalid length {length}, expected {expected}"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("unknown value, expected one of `{}`", expected.join("`, `")))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        match expected {
            [only] => Self(format!("unknown field `{}`, expected `{only}`", shown(field))),
            several => Self(format!("unknown field `{}`, expected one of `{}`", shown(field), several.join("`, `"))),
        }
    }
}

/// A value to deserialize from, whose errors are [`Refusal`]s.
pub struct Given(pub Value);

impl IntoDeserializer<'_, Refusal> for Given {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Given {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter().map(Given));
                let taken = visitor.visit_seq(&mut items)?;
                items.end().map(|()| taken)
            }
            Value::Object(table) => {
                let mut entries = MapDeserializer::new(table.into_iter().map(|(name, value)| (name, Given(value))));
                let taken = visitor.visit_map(&mut entries)?;
                entries.end().map(|()| taken)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::String(text) => {
                IntoDeserializer::<Refusal>::into_deserializer(text).deserialize_enum("", variants, visitor)
            }
            _ => Err(Refusal(format!("invalid type, expected one of `{}`", variants.join("`, `")))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// Reads JSON that someone else has written.
///
/// # Errors
/// The path of what does not fit (`.` for the whole), and why it doesn't.
pub fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, (String, Refusal)> {
    serde_path_to_error::deserialize(Given(value))
        .map_err(|error| (shown(&error.path().to_string()), error.into_inner()))
}

#[cfg(test)]
mod tests {
    use crate::{UserData, settings_from_json};
    use serde_json::{Value, json};

    fn refusal(settings: Value) -> String {
        settings_from_json(settings).expect_err("refused").to_string()
    }

    const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    #[test]
    fn a_refusal_never_repeats_a_value() {
        for settings in [
            json!(SECRET),
            json!([SECRET]),
            json!({"network": SECRET}),
            json!({"network": {"hostname": SECRET}}),
            json!({"network": {"hosts": [["10.0.0.1", [SECRET]]]}}),
            json!({"network": {"hosts": [[SECRET, []]]}}),
            json!({"dns": {"name-servers": [SECRET]}}),
            json!({"kernel": {"lockdown": SECRET, "sysctl": {"a.b": "1"}}}),
            json!({"kernel": {"sysctl": {"kernel.kptr_restrict": SECRET}}}),
            json!({"kernel": {"sysctl": {"a.b": format!("{SECRET}\n")}}}),
            json!({"updates": {"metadata-base-url": format!("ftp://user:{SECRET}@host/")}}),
            json!({"updates": {"version-lock": SECRET, "seed": 7}}),
            json!({"updates": {"ignore-waves": SECRET}}),
            json!({"updates": {"seed": SECRET}}),
            json!({"host-containers": {"admin": {"user-data": format!("{SECRET}!")}}}),
            json!({"host-containers": {"admin": {"enabled": SECRET}}}),
            json!({"host-containers": {"admin": {"source": format!("https://user:{SECRET}@r.example/admin")}}}),
            json!({"bootstrap-containers": {"disk": {"mode": SECRET, "essential": true}}}),
            json!({"bootstrap-commands": {"first": {"commands": [["sh", "-c", SECRET]]}}}),
        ] {
            let told = refusal(settings.clone());
            assert!(!told.contains(SECRET), "{told}");
            let text = format!("settings = {}", settings.to_string().replace("\":", "\"="));
            let told = UserData::parse(&text).expect_err("refused").to_string();
            assert!(!told.contains(SECRET), "{told}");
        }
    }

    proptest::proptest! {
        #[test]
        fn damaged_user_data_shows_no_secret(at in 0..150usize, with in "[\"'=\\[\\]{}.,#\n\\\\a1]?", cut in 0..4usize) {
            let text = format!(
                "[settings]\nmotd = '{SECRET}'\n[settings.host-containers.admin]\nuser-data = \"{SECRET}\"\nenabled = true\n"
            );
            let at = at.min(text.len() - cut);
            let damaged = format!("{}{with}{}", &text[..at], &text[at + cut..]);
            if let Err(error) = UserData::parse(&damaged) {
                proptest::prop_assert!(!error.to_string().contains(&SECRET[..16]), "{}: {}", damaged, error);
            }
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_in_the_refusal() {
        let told = refusal(json!({"host-containers": {"x".repeat(100_000): {}}}));
        assert!(told.len() < 2000 && told.contains("a container name"), "{told}");
        let told = refusal(json!({"x".repeat(100_000): 1}));
        assert!(told.len() < 2000 && told.contains("unknown field"), "{told}");
    }
}
