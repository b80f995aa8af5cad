//! A server that is there and says nothing: no engine is needed for that.

use std::time::{Duration, Instant};

use parlour_tests::{Installation, Mood, Proxy};

/// A start is given up within this.
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_an_engine_that_says_nothing_is_given_up_in_one_clear_line() -> anyhow::Result<()> {
    let proxy = Proxy::to("127.0.0.1:1").await?;
    proxy.set(Mood::Hold);
    for scheme in ["postgres", "mysql"] {
        let installation = Installation::new()?;
        let url = format!("{scheme}://ann:s3cret@127.0.0.1:{}/parlour", proxy.port());
        // Built now, if it is not yet: that is no part of what is measured.
        installation.program()?;
        let began = Instant::now();
        let output = installation.run(&["serve", "--room-store", &url]).await?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(output.stdout.is_empty());
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        let place = format!("{scheme}://127.0.0.1:{}/parlour", proxy.port());
        assert!(complaint.contains(&place) && !complaint.contains("s3cret"), "{complaint}");
        assert!(began.elapsed() <= GIVEN_UP_WITHIN, "{scheme} was given up after {:?}", began.elapsed());
    }
    Ok(())
}
