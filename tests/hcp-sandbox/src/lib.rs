//! hcp-sandbox
