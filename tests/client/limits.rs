//! begun
