//! qbo
