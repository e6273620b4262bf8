//! The one door through which the image changes, so that every change is a durable write with a number.

use std::sync::Arc;

use crate::image::{ImageError, TokenImage};
use crate::status_word::StatusWord;

/// Makes an image durable before the command that changed it goes on.
pub(super) type Save = dyn Fn(&TokenImage) -> Result<(), ImageError> + Send + Sync;

/// The image and the writes made to it since they were last taken.
#[derive(Clone)]
pub(super) struct Memory {
    image: TokenImage,
    writes: Vec<TokenImage>,
    save: Option<Arc<Save>>,
}

impl Memory {
    pub(super) const fn new(image: TokenImage) -> Self {
        Self {
            image,
            writes: Vec::new(),
            save: None,
        }
    }

    pub(super) fn save_by(&mut self, save: Arc<Save>) {
        self.save = Some(save);
    }

    pub(super) const fn image(&self) -> &TokenImage {
        &self.image
    }

    pub(super) fn into_image(self) -> TokenImage {
        self.image
    }

    /// One atomic write: a power cut leaves the image before it or after it.
    ///
    /// Errors: `6581` when the write could not be made durable; the image is then as it was. So is what is saved, but
    /// after a sync that failed when all else was done: there it may be the new image until the next write.
    pub(super) fn write<T>(
        &mut self,
        change: impl FnOnce(&mut TokenImage) -> T,
    ) -> Result<T, StatusWord> {
        let mut changed = self.image.clone();
        let outcome = change(&mut changed);
        if let Some(save) = &self.save {
            save(&changed).map_err(|_| StatusWord::MEMORY_FAILURE)?;
        }
        self.writes.push(changed.clone());
        self.image = changed;
        Ok(outcome)
    }

    /// Whether there was a write since they were last taken.
    pub(super) const fn has_written(&self) -> bool {
        !self.writes.is_empty()
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
