//! The least that a boot can come to: init says so on the console, and rests.

use std::thread;

fn main() {
    println!("floor: init");
    loop {
        thread::park();
    }
}
