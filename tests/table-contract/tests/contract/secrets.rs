//! What the sync relies on in Secrets Manager.

use adapters::AwsSecrets;
use ports::Secrets;
use secrecy::{ExposeSecret, SecretString};
use stack::Emulator;
use uuid::Uuid;

use crate::local;

async fn read(secrets: &AwsSecrets, version: Option<&str>) -> Option<(String, String)> {
    let value = secrets.read("oak/tokens", version).await.unwrap()?;
    Some((value.version, value.text.expose_secret().to_owned()))
}

async fn write(secrets: &AwsSecrets, version: &str, text: &str) {
    let text = SecretString::from(text);
    secrets.write("oak/tokens", version, text).await.unwrap();
}

#[tokio::test]
async fn a_secret_has_versions_that_are_read_by_name_or_as_the_current_one() {
    let emulator = Emulator::start().await.unwrap();
    let secrets = AwsSecrets::new(&local::config(emulator.endpoint()).await);
    let versions = [(); 3].map(|()| Uuid::new_v4().to_string());
    let stored = |n: usize, text: &str| Some((versions[n].clone(), text.to_owned()));

    assert_eq!(read(&secrets, None).await, None);
    assert_eq!(read(&secrets, Some(&versions[0])).await, None);

    write(&secrets, &versions[0], "first").await;
    assert_eq!(read(&secrets, None).await, stored(0, "first"));
    write(&secrets, &versions[0], "first").await;
    assert_eq!(read(&secrets, None).await, stored(0, "first"));

    write(&secrets, &versions[1], "second").await;
    assert_eq!(read(&secrets, None).await, stored(1, "second"));
    assert_eq!(read(&secrets, Some(&versions[0])).await, stored(0, "first"));
    assert_eq!(
        read(&secrets, Some(&versions[1])).await,
        stored(1, "second")
    );
    assert_eq!(read(&secrets, Some(&versions[2])).await, None);
}

#[tokio::test]
async fn errors_name_the_secret_and_not_its_value() {
    let emulator = Emulator::start().await.unwrap();
    let config = local::config(emulator.endpoint()).await;
    drop(emulator);
    let secrets = AwsSecrets::new(&config);
    let text = SecretString::from("very-secret");
    let version = Uuid::new_v4().to_string();
    let error = secrets
        .write("oak/tokens", &version, text)
        .await
        .unwrap_err();
    let error = format!("{error} {error:?}");
    assert!(error.contains("oak/tokens"), "{error}");
    assert!(!error.contains("very-secret"), "{error}");
}
