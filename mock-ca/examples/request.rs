//! A request for the manual's application, as a token would make it: for a browser that has none.

#[path = "../tests/door/token.rs"]
#[expect(clippy::unwrap_used, reason = "its values are known to encode")]
mod token;

fn main() {
    let application = mock_ca::Settings::default().all_applications().remove(0);
    print!("{}", token::request_pem(&application, 1));
}
