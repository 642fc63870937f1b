//! The tests that the build script makes of `tests/house/`: same stems, headings in other scripts,
//! blocks in lists and quotes, and lines that are the document's.

include!(concat!(env!("OUT_DIR"), "/house.rs"));
