//! A mock of the certification authority «Форус»: its portal, its text messages, its certificates and papers.
mod application;
mod ca;
mod documents;
