#pragma once
// Gathered WAL: the frames of a commit as one write of the file instead of two for each page.
//
// SQLite writes the head of a frame (24 bytes) and its page apart, each with a system call, under the write lock. Here
// what belongs to one commit is held back until its last frame has come: a commit is seen by others only after that. An
// error of the write is that of the statement which commits, as before.
//
// Its condition: SQLite writes no page before it commits (Connection::settle). sqlite:PATH?gathered_wal=off goes
// without it.

namespace kue::sqlite {

// The name of a VFS of SQLite (registered by the first call): the system's own, but for the WAL. Null: SQLite has
// refused it, or has no
// VFS of the kind that we know; its default does everything but is slower.
char const* gathered_wal_vfs() noexcept;

}  // namespace kue::sqlite
