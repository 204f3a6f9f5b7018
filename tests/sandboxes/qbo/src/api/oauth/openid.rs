//! OpenID Connect: the discovery document, who the user is, and signed statements about it.

use std::sync::OnceLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    rsa::{KeyPair, PublicKeyComponents},
    signature::RSA_PKCS1_SHA256,
};
use sandbox_kit::Request;

use super::{ACCESS_LIFE, Access, OAuth, OPENID, SCOPES};
use crate::{
    json::{Json, Object},
    options::Options,
};

/// Name of the one key.
const KEY_ID: &str = "sandbox-key-1";

/// The user's id: the same for every app of this sandbox.
const SUBJECT: &str = "00000000-0000-4000-8000-000000000001";

/// The key pair of every sandbox. It protects nothing: it only lets clients check what they check in earnest.
static KEY: &[u8] = include_bytes!("signing-key.der");

fn key() -> Result<&'static KeyPair, &'static str> {
    static READ: OnceLock<Option<KeyPair>> = OnceLock::new();
    READ.get_or_init(|| KeyPair::from_pkcs8(KEY).ok())
        .as_ref()
        .ok_or("the key is unreadable")
}

/// A JSON web token.
fn signed(claims: &Object) -> Result<String, &'static str> {
    let header = Object::new().with("kid", KEY_ID).with("alg", "RS256");
    let encoded = |object: &Object| URL_SAFE_NO_PAD.encode(object.to_string());
    let message = format!("{}.{}", encoded(&header), encoded(claims));
    let key = key()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .map_err(|_| "the key does not sign")?;
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The key that id tokens are checked with.
pub(crate) fn keys() -> Result<Object, &'static str> {
    let numbers = PublicKeyComponents::<Vec<u8>>::from(key()?.public());
    let key = Object::new()
        .with("kty", "RSA")
        .with("e", URL_SAFE_NO_PAD.encode(numbers.e))
        .with("use", "sig")
        .with("kid", KEY_ID)
        .with("alg", "RS256")
        .with("n", URL_SAFE_NO_PAD.encode(numbers.n));
    Ok(Object::new().with("keys", vec![key.into()]))
}

impl OAuth {
    pub(super) fn id_token(
        options: &Options,
        now: Timestamp,
        request: &Request,
    ) -> Result<String, &'static str> {
        let second = |at: i64| Json::Number(at.to_string());
        let claims = Object::new()
            .with("sub", SUBJECT)
            .with("aud", vec![Json::from(options.client_id.as_str())])
            .with("realmid", options.realm.as_str())
            .with("auth_time", second(now.as_second()))
            .with("iss", issuer(request))
            .with("exp", second(now.as_second() + ACCESS_LIFE.as_secs()))
            .with("iat", second(now.as_second()));
        signed(&claims)
    }

    /// Answers `GET /v1/openid_connect/userinfo`: what the token's scopes allow to know.
    pub(crate) fn user_info(
        &self,
        options: &Options,
        now: Timestamp,
        request: &Request,
    ) -> Result<Object, Access> {
        match self.check_for(now, request, OPENID) {
            Access::Granted => {}
            denied => return Err(denied),
        }
        let allowed = |scope| {
            let held = self.access.get(super::bearer(request));
            held.is_some_and(|held| held.scopes.has(scope))
        };
        let user = &options.user;
        let mut info = Object::new().with("sub", SUBJECT);
        if allowed("email") {
            info.set("email", user.email.as_str());
            info.set("emailVerified", true);
        }
        if allowed("profile") {
            info.set("givenName", user.given_name.as_str());
            info.set("familyName", user.family_name.as_str());
        }
        if allowed("phone") {
            info.set("phoneNumber", user.phone.as_str());
            info.set("phoneNumberVerified", false);
        }
        if allowed("address") {
            let address = Object::new()
                .with("streetAddress", user.street.as_str())
                .with("locality", user.city.as_str())
                .with("region", user.state.as_str())
                .with("postalCode", user.postal_code.as_str())
                .with("country", "US");
            info.set("address", address);
        }
        Ok(info)
    }
}

/// The discovery document, with the real paths on the address that was asked.
pub(crate) fn discovery(request: &Request) -> Object {
    let base = base(request);
    let at = |path: &str| format!("{base}{path}");
    let list =
        |words: &[&str]| -> Vec<Json> { words.iter().map(|word| Json::from(*word)).collect() };
    let open: Vec<&str> = ["openid", "email", "profile", "address", "phone"]
        .into_iter()
        .filter(|scope| SCOPES.contains(scope))
        .collect();
    Object::new()
        .with("issuer", issuer(request))
        .with("authorization_endpoint", at("/connect/oauth2"))
        .with("token_endpoint", at("/oauth2/v1/tokens/bearer"))
        .with("userinfo_endpoint", at("/v1/openid_connect/userinfo"))
        .with("revocation_endpoint", at("/v2/oauth2/tokens/revoke"))
        .with("jwks_uri", at("/op/v1/jwks"))
        .with("response_types_supported", list(&["code"]))
        .with("subject_types_supported", list(&["public"]))
        .with("id_token_signing_alg_values_supported", list(&["RS256"]))
        .with("scopes_supported", list(&open))
        .with(
            "token_endpoint_auth_methods_supported",
            list(&["client_secret_post", "client_secret_basic"]),
        )
        .with(
            "claims_supported",
            list(&["aud", "exp", "iat", "iss", "realmid", "sub"]),
        )
}

fn issuer(request: &Request) -> String {
    format!("{}/op/v1", base(request))
}

/// Scheme and host that the client used.
fn base(request: &Request) -> String {
    if let Some((scheme, rest)) = request.target.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        return format!("{scheme}://{host}");
    }
    format!("http://{}", request.header("host").unwrap_or("localhost"))
}
