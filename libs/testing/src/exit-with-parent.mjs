// Preloaded into test children: when the test's process dies, even by SIGKILL, the channel closes and the child goes too.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
