//! The printed forms of an enrollment, as PDF.
