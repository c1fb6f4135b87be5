use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    core_of_it::x();
    let listener = TcpListener::bind("0.0.0.0:7000").unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nhello\n");
    }
}
