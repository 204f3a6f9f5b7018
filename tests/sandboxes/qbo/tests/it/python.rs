//! Clients that others wrote, unchanged but for their addresses: `python-quickbooks` and `intuit-oauth`.

use std::{path::Path, process::Command};

use crate::binary::{SECRET, address, start};

#[test]
fn python_quickbooks_and_intuit_oauth_work_as_they_are_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = folder.join("../../../.venv/bin/python");
    if !python.exists() {
        println!("skipped: no .venv with the Python clients; `make setup` makes it");
        return;
    }
    let installed = Command::new(&python)
        .args(["-c", "import intuitlib, quickbooks"])
        .output()
        .unwrap();
    assert!(
        installed.status.success(),
        "python-quickbooks or intuit-oauth is missing in .venv; `make setup` installs them"
    );
    let mut program = start(&["--listen", "127.0.0.1:0", "--no-limits"]);
    let address = address(&mut program);
    let ran = Command::new(&python)
        .arg(folder.join("tests/python/client.py"))
        .args([&format!("http://{address}"), SECRET])
        // The clients insist on TLS otherwise.
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    assert!(
        ran.status.success() && ran.stdout.ends_with(b"done\n"),
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
}
