//! Seals values and hides their keys: nothing in the file of a cache is legible, and no value can stand in for another.
//!
//! Both keys are derived from the app's secret (HKDF-SHA256), with the app, the cache's owner, the schema and a random
//! salt of the file as info. Values: ChaCha20-Poly1305 with a random nonce; the kind, the hidden key and the time are
//! authenticated with them. Keys: HMAC-SHA256.

use std::fmt;

use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::{digest, hkdf, hmac};

/// Rises when tables, seals or their meaning change.
pub(super) const VERSION: i32 = 1;
/// Bytes of a salt.
pub(super) const SALT: usize = 32;
/// Bytes of a hidden key.
pub(super) const HIDDEN: usize = 32;
/// Bytes of a seal's tag.
pub(super) const TAG: usize = 16;

/// A key in the file: tells nothing, and is the same for the same id.
pub(super) type Hidden = [u8; HIDDEN];

/// Kind of a stored value. Its number is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Process = 1,
    Form = 2,
    Labels = 3,
    Names = 4,
    /// Rows of the list.
    Block = 5,
    /// The blocks that make the list, and when it was good.
    List = 6,
    /// Proves that the file belongs to the app and its secret.
    Owner = 7,
}

impl Kind {
    /// Kinds that belong to one process.
    pub(super) const OF_PROCESS: [Self; 4] = [Self::Process, Self::Form, Self::Labels, Self::Names];
}

/// The app and the operator that a cache belongs to.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub app_id: &'a str,
    pub app_secret: &'a str,
    /// Address of the platform and the operator's id: whatever tells two operators apart.
    pub whose: &'a str,
}

impl fmt::Debug for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({})", self.app_id)
    }
}

/// The keys of one file.
pub(super) struct Seal {
    values: LessSafeKey,
    names: hmac::Key,
    random: SystemRandom,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// The system gives no random bytes, or a value is too long to be sealed.
#[derive(Debug)]
pub(super) struct NotSealed;

/// Length of a derived key.
struct Bytes(usize);

impl hkdf::KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Seal {
    /// The keys for a file with this salt.
    pub fn new(owner: Owner<'_>, salt: &[u8]) -> Result<Self, NotSealed> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(owner.app_secret.as_bytes());
        let derive = |purpose: &str| {
            let schema = VERSION.to_be_bytes();
            // Each part as long as its hash: no two sets of parts read alike.
            let parts =
                [purpose, owner.app_id, owner.whose].map(|part| digest::digest(&digest::SHA256, part.as_bytes()));
            let info: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).chain([schema.as_slice()]).collect();
            let mut key = [0; 32];
            let expanded = secret.expand(&info, Bytes(key.len())).and_then(|expanded| expanded.fill(&mut key));
            expanded.map(|()| key).map_err(|_| NotSealed)
        };
        let values = UnboundKey::new(&aead::CHACHA20_POLY1305, &derive("values")?).map_err(|_| NotSealed)?;
        let names = hmac::Key::new(hmac::HMAC_SHA256, &derive("keys")?);
        Ok(Self { values: LessSafeKey::new(values), names, random: SystemRandom::new() })
    }

    /// The key of a value in the file.
    pub fn hide(&self, kind: Kind, id: &str) -> Hidden {
        let mut context = hmac::Context::with_key(&self.names);
        context.update(&[kind as u8]);
        context.update(id.as_bytes());
        let mut hidden = [0; HIDDEN];
        for (byte, tag) in hidden.iter_mut().zip(context.sign().as_ref()) {
            *byte = *tag;
        }
        hidden
    }

    /// Nonce, sealed value, tag.
    pub fn seal(&self, kind: Kind, key: &Hidden, at: i64, value: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let mut nonce = [0; aead::NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| NotSealed)?;
        let mut body = value.to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        self.values
            .seal_in_place_append_tag(nonce_of, Aad::from(bound(kind, key, at)), &mut body)
            .map_err(|_| NotSealed)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// The value, if every byte of it and of what it is bound to is as it was sealed.
    pub fn open(&self, kind: Kind, key: &Hidden, at: i64, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(aead::NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let length = self.values.open_in_place(nonce, Aad::from(bound(kind, key, at)), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}

/// Random bytes for a new file.
pub(super) fn salt() -> Result<[u8; SALT], NotSealed> {
    let mut salt = [0; SALT];
    SystemRandom::new().fill(&mut salt).map_err(|_| NotSealed)?;
    Ok(salt)
}

/// The tag of a sealed value: no other value of this key has it.
pub(super) fn tag(sealed: &[u8]) -> Option<[u8; TAG]> {
    sealed.last_chunk().copied()
}

/// The circumstances that a value is authenticated with.
fn bound(kind: Kind, key: &Hidden, at: i64) -> Vec<u8> {
    let mut bound = vec![kind as u8];
    bound.extend_from_slice(key);
    bound.extend_from_slice(&at.to_be_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use super::{Kind, Owner, Seal};

    const OWNER: Owner<'_> = Owner { app_id: "cli_1", app_secret: "secret", whose: "open.feishu.cn ou_1" };

    fn seal() -> Seal {
        Seal::new(OWNER, &[7; 32]).unwrap()
    }

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let (seal, other) = (seal(), Seal::new(OWNER, &[8; 32]).unwrap());
        let key = seal.hide(Kind::Process, "7001");
        let sealed = seal.seal(Kind::Process, &key, 5, b"value").unwrap();
        assert_eq!(seal.open(Kind::Process, &key, 5, &sealed).unwrap(), b"value");
        assert!(seal.open(Kind::Form, &key, 5, &sealed).is_none());
        assert!(seal.open(Kind::Process, &key, 6, &sealed).is_none());
        assert!(seal.open(Kind::Process, &seal.hide(Kind::Process, "7002"), 5, &sealed).is_none());
        assert!(other.open(Kind::Process, &key, 5, &sealed).is_none());
        for whose in [
            Owner { app_id: "cli_2", ..OWNER },
            Owner { app_secret: "other", ..OWNER },
            Owner { whose: "open.feishu.cn ou_2", ..OWNER },
        ] {
            assert!(Seal::new(whose, &[7; 32]).unwrap().open(Kind::Process, &key, 5, &sealed).is_none(), "{whose:?}");
        }
    }

    #[test]
    fn a_flipped_bit_or_a_cut_is_refused() {
        let seal = seal();
        let key = seal.hide(Kind::Process, "7001");
        let sealed = seal.seal(Kind::Process, &key, 5, b"value").unwrap();
        for at in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(seal.open(Kind::Process, &key, 5, &flipped).is_none(), "bit {at}");
        }
        for length in 0..sealed.len() {
            assert!(seal.open(Kind::Process, &key, 5, &sealed[..length]).is_none(), "length {length}");
        }
    }

    #[test]
    fn equal_values_and_keys_look_different() {
        let seal = seal();
        let key = seal.hide(Kind::Process, "7001");
        let sealed = |value: &[u8]| seal.seal(Kind::Process, &key, 5, value).unwrap();
        assert_ne!(sealed(b"value"), sealed(b"value"), "a nonce came twice");
        assert_ne!(key, seal.hide(Kind::Form, "7001"));
    }
}
