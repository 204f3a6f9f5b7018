//! The stylesheet: one file, whose name changes with what it says, so that a browser keeps it for good.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../style.css");

/// Where it is.
pub(crate) static PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = hex::encode(Sha256::digest(STYLE));
    format!("/assets/style-{}.css", &digest[..16])
});

pub(super) async fn show() -> Response {
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/css; charset=utf-8"),
    );
    let kept = (
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    ([kind, kept], STYLE).into_response()
}
