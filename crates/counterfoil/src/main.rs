//! The program. Everything it does lives in the library, so that tests can do it too.

fn main() -> std::process::ExitCode {
    counterfoil::cli::main()
}
