//! Every version, lint and package field is said once, in the workspace's manifest.

use parlour_tests::workspace::{folder, metadata, read, shown};

const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// The lines of one table of a manifest.
fn table<'a>(manifest: &'a str, name: &str) -> Vec<&'a str> {
    let header = format!("[{name}]");
    let body = manifest.lines().skip_while(|line| line.trim() != header).skip(1);
    body.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn manifests() -> anyhow::Result<Vec<(String, String)>> {
    let metadata = metadata()?;
    let packages = metadata.workspace_packages();
    packages.iter().map(|package| Ok((shown(folder(package)?), read(package.manifest_path.as_ref())?))).collect()
}

#[test]
fn every_package_inherits_the_lints() -> anyhow::Result<()> {
    for (package, manifest) in manifests()? {
        assert_eq!(table(&manifest, "lints"), ["workspace = true"], "{package}");
    }
    Ok(())
}

#[test]
fn every_package_inherits_its_fields_and_says_what_it_is() -> anyhow::Result<()> {
    for (package, manifest) in manifests()? {
        let fields = table(&manifest, "package");
        for field in INHERITED {
            assert!(fields.contains(&format!("{field}.workspace = true").as_str()), "{package}: {field}");
        }
        assert!(fields.iter().any(|line| line.starts_with("description = ")), "{package} has no description");
    }
    Ok(())
}

#[test]
fn every_dependency_takes_its_version_from_the_workspace() -> anyhow::Result<()> {
    for (package, manifest) in manifests()? {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for line in table(&manifest, kind) {
                // Itself with another feature on has no version to take.
                let is_itself = line.contains("path = \".\"");
                assert!(is_itself || line.contains("workspace = true"), "{package}: {line}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_package_is_named_after_its_folder() -> anyhow::Result<()> {
    for package in metadata()?.workspace_packages() {
        let folder = shown(folder(package)?);
        let expected = match folder.as_str() {
            "apps/server" => "parlour".to_owned(),
            "tests" => "parlour-tests".to_owned(),
            other => format!("parlour-{}", other.trim_start_matches("crates/")),
        };
        assert_eq!(package.name.as_str(), expected, "{folder}");
    }
    Ok(())
}
