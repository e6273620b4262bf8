//! Just enough DER to take signed objects apart.

/// One tag-length-value.
#[derive(Clone, Copy)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Tlv<'a> {
    pub(crate) fn first(bytes: &'a [u8]) -> Self {
        let (length, header) = match bytes[1] {
            0x81 => (usize::from(bytes[2]), 3),
            0x82 => (usize::from(u16::from_be_bytes([bytes[2], bytes[3]])), 4),
            short => (usize::from(short), 2),
        };
        Self {
            tag: bytes[0],
            whole: &bytes[..header + length],
            content: &bytes[header..header + length],
        }
    }

    pub(crate) fn children(&self) -> Vec<Tlv<'a>> {
        let mut rest = self.content;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let child = Tlv::first(rest);
            rest = &rest[child.whole.len()..];
            children.push(child);
        }
        children
    }
}

/// SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }.
pub(crate) struct Signed<'a> {
    pub(crate) to_be_signed: Tlv<'a>,
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// What follows the signature, in an OCSP answer.
    pub(crate) rest: Vec<Tlv<'a>>,
}

impl<'a> Signed<'a> {
    pub(crate) fn new(der: &'a [u8]) -> Self {
        let parts = Tlv::first(der).children();
        let signature = parts[2].content;
        assert_eq!(
            (parts[2].tag, signature[0]),
            (0x03, 0),
            "a BIT STRING of whole octets"
        );
        Self {
            to_be_signed: parts[0],
            algorithm: parts[1].whole,
            signature: &signature[1..],
            rest: parts[3..].to_vec(),
        }
    }

    /// SubjectPublicKeyInfo of a certificate or a request: the only SEQUENCE whose second field is a BIT STRING.
    pub(crate) fn public_key_info(&self) -> &'a [u8] {
        let fields = self.to_be_signed.children();
        let is_key = |field: &&Tlv<'_>| {
            field.tag == 0x30
                && field
                    .children()
                    .get(1)
                    .is_some_and(|second| second.tag == 0x03)
        };
        fields.iter().find(is_key).expect("a public key").whole
    }
}

/// The BasicOCSPResponse inside an OCSPResponse.
pub(crate) fn basic_ocsp_response(der: &[u8]) -> Signed<'_> {
    let bytes = Tlv::first(der).children()[1].children()[0].children()[1];
    Signed::new(bytes.content)
}
