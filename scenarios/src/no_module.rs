//! What stands for the PKCS#11 module in a build without it: nothing gets this far, for there is no reader either.

use std::cell::RefCell;
use std::rc::Rc;

use enroll::event::Events;
use enroll::ports::token::Token;

use crate::timeline::Timeline;
use crate::world::World;

/// The token by its commands.
pub(crate) fn token(world: &World, events: &Events, _: &Rc<RefCell<Timeline>>) -> Box<dyn Token> {
    Box::new(world.token(events))
}
