//! notifier-websocket
