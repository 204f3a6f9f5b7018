//! qbo-sandbox
