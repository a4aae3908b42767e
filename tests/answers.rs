//! What is asked is answered, or it is said that it was not understood: never an empty answer in place of an error.

mod corrections;
mod gms;
mod pushes;
mod queries;
mod services;
