//! The one door through which the image changes, so that every change is a durable write with a number.

use crate::image::TokenImage;

/// The image and the writes made to it since they were last taken.
#[derive(Clone)]
pub(super) struct Memory {
    image: TokenImage,
    writes: Vec<TokenImage>,
}

impl Memory {
    pub(super) const fn new(image: TokenImage) -> Self {
        Self {
            image,
            writes: Vec::new(),
        }
    }

    pub(super) const fn image(&self) -> &TokenImage {
        &self.image
    }

    pub(super) fn into_image(self) -> TokenImage {
        self.image
    }

    /// One atomic write: a power cut leaves the image before it or after it.
    pub(super) fn write<T>(&mut self, change: impl FnOnce(&mut TokenImage) -> T) -> T {
        let outcome = change(&mut self.image);
        self.writes.push(self.image.clone());
        outcome
    }

    pub(super) fn take_writes(&mut self) -> Vec<TokenImage> {
        core::mem::take(&mut self.writes)
    }
}

/// Two memories are equal when they hold the same.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        self.image == other.image
    }
}

impl Eq for Memory {}
