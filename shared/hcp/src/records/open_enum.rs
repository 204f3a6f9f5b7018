/// An enum that keeps what it does not know. Underscores count as spaces and case does not matter: answers write
/// `complete unrated` where filters write `in_progress`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal $(| $also:literal)*,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
        #[serde(from = "String")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value that was not known when this was written, as it came.
            Other(String),
        }

        impl $name {
            /// The value as Housecall Pro writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.trim().to_ascii_lowercase().replace('_', " ").as_str() {
                    $($text $(| $also)* => Self::$variant,)+
                    _ => Self::Other(text),
                }
            }
        }
    };
}

pub(crate) use open_enum;
