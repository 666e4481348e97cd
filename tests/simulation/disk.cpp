// SPDX-License-Identifier: MIT
#include "tests/simulation/disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace nurture::simulation {

struct Disk::File {
    struct Write {
        std::size_t at = 0, size_before = 0;
        std::string before;
    };
    std::string bytes;
    std::vector<Write> unflushed;  // how to undo each
    std::vector<std::unique_ptr<std::array<char, 32768>>> shared;

    void write(const char* from, std::size_t length, std::size_t at) {
        Write undo{at, bytes.size(), {}};
        if (at < bytes.size())
            undo.before = bytes.substr(at, length);
        unflushed.push_back(std::move(undo));
        if (bytes.size() < at + length)
            bytes.resize(at + length);
        std::memcpy(bytes.data() + at, from, length);
    }
    void truncate(std::size_t size) {
        unflushed.push_back(
            {std::min(size, bytes.size()), bytes.size(), size < bytes.size() ? bytes.substr(size) : ""});
        bytes.resize(size);
    }
    void lose_all_but(std::size_t kept) {
        for (; unflushed.size() > kept; unflushed.pop_back()) {
            const auto& undo = unflushed.back();
            bytes.resize(undo.size_before);
            std::memcpy(bytes.data() + undo.at, undo.before.data(), undo.before.size());
        }
    }
};

namespace {

struct Handle {
    sqlite3_file base;  // first: SQLite sees only this
    Disk* disk;
    std::shared_ptr<Disk::File>* file;
};

Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
Disk::File& content(sqlite3_file* file) { return **handle(file).file; }
Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
    delete handle(file).file;
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* into, int length, sqlite3_int64 at) {
    if (handle(file).disk->dead())
        return SQLITE_IOERR_READ;
    const auto& bytes = content(file).bytes;
    const auto begin = std::min(static_cast<std::size_t>(at), bytes.size());
    const auto there = std::min(static_cast<std::size_t>(length), bytes.size() - begin);
    std::memcpy(into, bytes.data() + begin, there);
    if (there == static_cast<std::size_t>(length))
        return SQLITE_OK;
    std::memset(static_cast<char*>(into) + there, 0, static_cast<std::size_t>(length) - there);
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int length, sqlite3_int64 at) {
    if (int code = 0; handle(file).disk->fails(false, code))
        return code;
    content(file).write(static_cast<const char*>(from), static_cast<std::size_t>(length), static_cast<std::size_t>(at));
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (handle(file).disk->dead())
        return SQLITE_IOERR_TRUNCATE;
    content(file).truncate(static_cast<std::size_t>(size));
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
    if (int code = 0; handle(file).disk->fails(true, code))
        return code;
    content(file).unflushed.clear();
    return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(content(file).bytes.size());
    return SQLITE_OK;
}

int shm_map(sqlite3_file* file, int page, int, int extend, void volatile** memory) {
    auto& shared = content(file).shared;
    const auto wanted = static_cast<std::size_t>(page);
    while (extend != 0 && shared.size() <= wanted)
        shared.push_back(std::make_unique<std::array<char, 32768>>());
    *memory = wanted < shared.size() ? shared[wanted]->data() : nullptr;
    return SQLITE_OK;
}

int shm_unmap(sqlite3_file* file, int) {
    content(file).shared.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods& io() {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;
        m.xClose = close_file;
        m.xRead = read_file;
        m.xWrite = write_file;
        m.xTruncate = truncate_file;
        m.xSync = sync_file;
        m.xFileSize = size_of_file;
        m.xLock = m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
        m.xCheckReservedLock = [](sqlite3_file*, int* held) { return *held = 0, SQLITE_OK; };
        m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
        m.xSectorSize = [](sqlite3_file*) { return 4096; };
        m.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
        m.xShmMap = shm_map;
        m.xShmLock = [](sqlite3_file*, int, int, int) { return SQLITE_OK; };
        m.xShmBarrier = [](sqlite3_file*) {};
        m.xShmUnmap = shm_unmap;
        return m;
    }();
    return methods;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto& disk = disk_of(vfs);
    file->pMethods = nullptr;
    if (disk.dead())
        return SQLITE_CANTOPEN;
    auto found = name != nullptr ? disk.files[name] : nullptr;
    if (!found)
        found = std::make_shared<Disk::File>();
    if (name != nullptr)
        disk.files[name] = found;
    handle(file).disk = &disk;
    handle(file).file = new std::shared_ptr<Disk::File>(std::move(found));
    file->pMethods = &io();
    if (out != nullptr)
        *out = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int) {
    auto& disk = disk_of(vfs);
    if (disk.dead())
        return SQLITE_IOERR_DELETE;
    return disk.files.erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* there) {
    const auto& files = disk_of(vfs).files;
    const auto found = files.find(name);
    *there = found != files.end() && !found->second->bytes.empty() ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

/// SQLite salts its log with it; nothing that the program decides depends on it.
int randomness(sqlite3_vfs*, int size, char* out) {
    static std::uint64_t count = 0;
    for (int i = 0; i < size; ++i)
        out[i] = static_cast<char>(Dice(++count).next());
    return size;
}

}  // namespace

Disk::Disk() : vfs_(std::make_unique<sqlite3_vfs>()), before_(sqlite3_vfs_find(nullptr)) {
    auto& vfs = *vfs_;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(Handle);
    vfs.mxPathname = 512;
    vfs.zName = "simulated";
    vfs.pAppData = this;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = [](sqlite3_vfs*, int microseconds) { return microseconds; };
    vfs.xCurrentTime = [](sqlite3_vfs*, double* now) { return *now = 2461000.5, SQLITE_OK; };
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    sqlite3_vfs_register(&vfs, 1);
}

Disk::~Disk() {
    sqlite3_vfs_unregister(vfs_.get());
    sqlite3_vfs_register(before_, 1);
}

void Disk::trouble_after(int operations, Trouble trouble) {
    countdown_ = operations;
    trouble_ = operations > 0 ? trouble : Trouble::none;
}

std::string Disk::bytes(const std::string& name) const {
    const auto found = files.find(name);
    return found == files.end() ? std::string() : found->second->bytes;
}

bool Disk::fails(bool flushing, int& code) {
    code = flushing ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
    if (dead_)
        return true;
    if (trouble_ == Trouble::none || --countdown_ > 0)
        return false;
    if (trouble_ == Trouble::sync_error && !flushing)
        return false;  // the next flush, then
    dead_ = trouble_ == Trouble::killed;
    if (trouble_ == Trouble::full)
        code = SQLITE_FULL;
    trouble_ = Trouble::none;
    return true;
}

void Disk::come_back(bool power_was_cut, Dice& dice) {
    dead_ = false;
    trouble_ = Trouble::none;
    for (auto& [name, file] : files) {
        file->shared.clear();
        if (power_was_cut)
            file->lose_all_but(static_cast<std::size_t>(dice.below(static_cast<int>(file->unflushed.size()) + 1)));
        file->unflushed.clear();
    }
}

}  // namespace nurture::simulation
