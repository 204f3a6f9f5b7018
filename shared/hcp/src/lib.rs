//! hcp
