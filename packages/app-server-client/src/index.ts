export { type Client, type ClientOptions, createClient, type OnQuestion } from './client.ts';
export { ConnectionClosed, RpcError } from './errors.ts';
export { findThread, PERSONAL_SOURCES, type ThreadTarget } from './find-thread.ts';
export { type ChildChannel, stdioChild, type StdioChildOptions } from './stdio-child.ts';
export { createThreadView, type ThreadView } from './thread-view.ts';
export { webSocket, type WebSocketOptions } from './web-socket.ts';
