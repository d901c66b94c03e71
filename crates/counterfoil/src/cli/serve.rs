use anyhow::Context as _;
use clap::Args;
use secrecy::ExposeSecret as _;

use crate::engine::effects::Effects;
use crate::engine::{Engine, Settings};
use crate::server::Server;
use crate::store::{Key, Store};

use super::{Context, Exit};

/// Run the hub: engine, REST API and pages
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address and port [env: COUNTERFOIL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = "Settings")]
    pub(super) listen: Option<String>,
}

pub(super) async fn run(_: Arguments, context: &Context) -> anyhow::Result<Exit> {
    let config = &context.config;
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    let key = Key::of_base64(config.sealing_key()?.expose_secret())?;
    let store = Store::open(config.database_url().expose_secret(), key).await?;
    let floor = config.free_space_floor_mb.saturating_mul(1_000_000);
    let settings = Settings { free_space_floor: floor, ..Settings::default() };
    let engine = Engine::new(store, settings, Effects::default()).await?;
    let server = Server::bind(engine, &config.listen, &config.data, false).await?;
    eprintln!("Counterfoil serves {}", server.address()?);
    server.run().await?;
    Ok(Exit::Done)
}
