//! Anything stands on the queue: what is read is written again as it was (V6).
#![no_main]

use libfuzzer_sys::fuzz_target;
use sync::work::message::LookAt;

fuzz_target!(|body: &[u8]| {
    let Ok(look_at) = serde_json::from_slice::<LookAt>(body) else {
        return;
    };
    let message = look_at.to_queue("id".to_owned()).expect("it can be written");
    let again: LookAt = serde_json::from_str(&message.body).expect("it can be read");
    assert_eq!(again, look_at);
});
