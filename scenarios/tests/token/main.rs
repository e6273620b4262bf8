//! The engine's token adapter against the card core: what it writes, and what is left when the line is cut.

mod care;
mod cuts;
mod life;
mod line;
mod rules;
mod wires;
