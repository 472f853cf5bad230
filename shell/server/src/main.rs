/// Half the work of a call is small texts and packets that live for milliseconds: an allocator made for those saves a
/// tenth of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // Clearing huge pages stopped calls for a second while memory grew. A kernel without them refuses, which is as good.
    let _ = nix::sys::prctl::set_thp_disable(true);
    server::cli::run()
}
