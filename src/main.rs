//! Runs, and ends with the exit code.

fn main() -> std::process::ExitCode {
    shenpi::run(std::env::args_os())
}
