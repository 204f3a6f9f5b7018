use serde_json::{Value, json};
use sync::company::connect::consent::Intuit;

use super::*;

fn site() -> Site {
    Site {
        address: "https://office.example".to_owned(),
        webhooks: "https://hooks.example".to_owned(),
        sign_in: "https://sign-in.example".to_owned(),
        client: "pages".to_owned(),
        pool: "pool-1".to_owned(),
        intuit: Intuit {
            authorize_url: "https://intuit.example".to_owned(),
            revoke_url: "https://intuit.example/revoke".to_owned(),
            answers_to: "https://office.example/connect/quickbooks/answer".to_owned(),
        },
    }
}

fn token(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.signature", part(&json!({})), part(claims))
}

#[test]
fn v23_an_id_token_counts_for_these_pages_and_this_pool_until_it_ends() {
    let good = json!({
        "sub": "user-1", "aud": "pages", "iss": "https://cognito.example/pool-1", "exp": 1_000, "token_use": "id",
    });
    let now = |second| Timestamp::from_second(second).unwrap();
    let who = read(&token(&good), &site(), now(999)).unwrap();
    assert_eq!(who.as_str(), "user-1");
    assert!(read(&token(&good), &site(), now(1_000)).is_none());
    for (claim, value) in [
        ("sub", "../.."),
        ("aud", "command-line"),
        ("iss", "https://cognito.example/pool-2"),
        ("token_use", "access"),
    ] {
        let mut other = good.clone();
        other[claim] = value.into();
        assert!(read(&token(&other), &site(), now(0)).is_none(), "{claim}");
    }
    for odd in ["", "a", "a.b.c", "..", "a.e30.c"] {
        assert!(read(odd, &site(), now(0)).is_none(), "{odd}");
    }
}

#[test]
fn v23_a_sign_in_is_tied_to_the_browser_that_began_it() {
    let (begun, other) = (Begun("one".into()), Begun("two".into()));
    assert!(begun.is_this(&begun.state()));
    for state in ["", "one", &other.state(), &begun.verifier()] {
        assert!(!begun.is_this(state));
    }
    let page = begun.page(&site());
    assert!(page.starts_with("https://sign-in.example/oauth2/authorize?client_id=pages&"));
    assert!(page.contains("code_challenge_method=S256"));
    assert!(
        !page.contains("one") && !page.contains(&begun.verifier()),
        "{page}"
    );
}
