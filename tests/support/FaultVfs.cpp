// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/FaultVfs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <sqlite3.h>
#include <utility>

namespace tw::test {

namespace {

constexpr std::size_t kSector = 512;

int codeOf(FaultVfs::Fault fault, FaultVfs::Call call)
{
    using Call = FaultVfs::Call;
    switch (call) {
    case Call::Open: return SQLITE_CANTOPEN;
    case Call::Read: return SQLITE_IOERR_READ;
    case Call::Write: return fault == FaultVfs::Fault::IoError ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    case Call::Sync: return SQLITE_IOERR_FSYNC;
    case Call::Truncate: return SQLITE_IOERR_TRUNCATE;
    case Call::Delete: return SQLITE_IOERR_DELETE;
    }
    return SQLITE_IOERR;
}

void put(std::string &content, std::int64_t at, std::string_view bytes)
{
    const auto start = static_cast<std::size_t>(at);
    if (content.size() < start + bytes.size())
        content.resize(start + bytes.size());
    std::copy(bytes.begin(), bytes.end(), content.begin() + at);
}

} // namespace

struct FaultFile
{
    sqlite3_file base;
    FaultVfs *vfs;
    char *name; ///< Null: not kept, as the shared memory of a log or a temporary file.
    sqlite3_file *below() { return reinterpret_cast<sqlite3_file *>(this + 1); }

    static FaultFile *of(sqlite3_file *file) { return reinterpret_cast<FaultFile *>(file); }
    static sqlite3_io_methods *methods();

    static int close(sqlite3_file *file)
    {
        FaultFile *self = of(file);
        sqlite3_file *below = self->below();
        const int result = below->pMethods ? below->pMethods->xClose(below) : SQLITE_OK;
        sqlite3_free(self->name);
        self->name = nullptr;
        return result;
    }
    static int read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
    {
        FaultFile *self = of(file);
        FaultVfs::Fault fault{};
        if (self->vfs->fails(FaultVfs::Call::Read, fault))
            return codeOf(fault, FaultVfs::Call::Read);
        return self->below()->pMethods->xRead(self->below(), bytes, size, at);
    }
    static int write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
    {
        FaultFile *self = of(file);
        FaultVfs::Fault fault{};
        const bool fails = self->vfs->fails(FaultVfs::Call::Write, fault);
        if (fails && fault != FaultVfs::Fault::ShortWrite)
            return codeOf(fault, FaultVfs::Call::Write);
        const int written = fails ? size / 2 : size;
        const int result
            = self->below()->pMethods->xWrite(self->below(), bytes, written, at);
        if (self->name && result == SQLITE_OK) {
            const std::lock_guard lock(self->vfs->m_mutex);
            self->vfs->disk(self->name).since.push_back(
                {false, at, std::string(static_cast<const char *>(bytes),
                                        static_cast<std::size_t>(written))});
        }
        return fails ? codeOf(fault, FaultVfs::Call::Write) : result;
    }
    static int truncate(sqlite3_file *file, sqlite3_int64 size)
    {
        FaultFile *self = of(file);
        FaultVfs::Fault fault{};
        if (self->vfs->fails(FaultVfs::Call::Truncate, fault))
            return codeOf(fault, FaultVfs::Call::Truncate);
        const int result = self->below()->pMethods->xTruncate(self->below(), size);
        if (self->name && result == SQLITE_OK) {
            const std::lock_guard lock(self->vfs->m_mutex);
            self->vfs->disk(self->name).since.push_back({true, size, {}});
        }
        return result;
    }
    static int sync(sqlite3_file *file, int flags)
    {
        FaultFile *self = of(file);
        FaultVfs::Fault fault{};
        if (self->vfs->fails(FaultVfs::Call::Sync, fault))
            return codeOf(fault, FaultVfs::Call::Sync);
        {
            const std::lock_guard lock(self->vfs->m_mutex);
            if (self->name && !self->vfs->m_lying) {
                FaultVfs::Disk &disk = self->vfs->disk(self->name);
                for (const FaultVfs::Change &change : disk.since) {
                    if (change.truncate)
                        disk.synced.resize(static_cast<std::size_t>(change.at));
                    else
                        put(disk.synced, change.at, change.bytes);
                }
                disk.since.clear();
                disk.everSynced = true;
            }
        }
        (void)flags; // The real files need no fsync: the disk is the one in memory.
        return SQLITE_OK;
    }
    static int size(sqlite3_file *file, sqlite3_int64 *size)
    {
        return of(file)->below()->pMethods->xFileSize(of(file)->below(), size);
    }
    static int lock(sqlite3_file *file, int level)
    {
        return of(file)->below()->pMethods->xLock(of(file)->below(), level);
    }
    static int unlock(sqlite3_file *file, int level)
    {
        return of(file)->below()->pMethods->xUnlock(of(file)->below(), level);
    }
    static int isReserved(sqlite3_file *file, int *result)
    {
        return of(file)->below()->pMethods->xCheckReservedLock(of(file)->below(), result);
    }
    static int control(sqlite3_file *file, int what, void *argument)
    {
        return of(file)->below()->pMethods->xFileControl(of(file)->below(), what, argument);
    }
    static int sectorSize(sqlite3_file *file)
    {
        return of(file)->below()->pMethods->xSectorSize(of(file)->below());
    }
    static int device(sqlite3_file *file)
    {
        return of(file)->below()->pMethods->xDeviceCharacteristics(of(file)->below());
    }
    static int shmMap(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
    {
        return of(file)->below()->pMethods->xShmMap(of(file)->below(), page, size, extend, memory);
    }
    static int shmLock(sqlite3_file *file, int at, int count, int flags)
    {
        return of(file)->below()->pMethods->xShmLock(of(file)->below(), at, count, flags);
    }
    static void shmBarrier(sqlite3_file *file)
    {
        of(file)->below()->pMethods->xShmBarrier(of(file)->below());
    }
    static int shmUnmap(sqlite3_file *file, int remove)
    {
        return of(file)->below()->pMethods->xShmUnmap(of(file)->below(), remove);
    }
};

sqlite3_io_methods *FaultFile::methods()
{
    static sqlite3_io_methods all = [] {
        sqlite3_io_methods methods{};
        methods.iVersion = 2;
        methods.xClose = close;
        methods.xRead = read;
        methods.xWrite = write;
        methods.xTruncate = truncate;
        methods.xSync = sync;
        methods.xFileSize = size;
        methods.xLock = lock;
        methods.xUnlock = unlock;
        methods.xCheckReservedLock = isReserved;
        methods.xFileControl = control;
        methods.xSectorSize = sectorSize;
        methods.xDeviceCharacteristics = device;
        methods.xShmMap = shmMap;
        methods.xShmLock = shmLock;
        methods.xShmBarrier = shmBarrier;
        methods.xShmUnmap = shmUnmap;
        return methods;
    }();
    return &all;
}

FaultVfs::FaultVfs() : m_below(sqlite3_vfs_find(nullptr)), m_vfs(new sqlite3_vfs(*m_below))
{
    m_vfs->szOsFile = static_cast<int>(sizeof(FaultFile)) + m_below->szOsFile;
    m_vfs->zName = "fault";
    m_vfs->pAppData = this;
    m_vfs->xOpen = open;
    m_vfs->xDelete = remove;
    sqlite3_vfs_register(m_vfs, 1);
}

FaultVfs::~FaultVfs()
{
    sqlite3_vfs_unregister(m_vfs);
    sqlite3_vfs_register(m_below, 1);
    delete m_vfs;
}

int FaultVfs::open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags)
{
    auto *self = static_cast<FaultVfs *>(vfs->pAppData);
    auto *opened = new (file) FaultFile{};
    opened->vfs = self;
    const bool kept = name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
    Fault fault{};
    if (kept && self->fails(Call::Open, fault))
        return codeOf(fault, Call::Open);
    const int result = self->m_below->xOpen(self->m_below, name, opened->below(), flags, outFlags);
    if (result != SQLITE_OK)
        return result;
    opened->base.pMethods = FaultFile::methods();
    if (!kept)
        return result;
    opened->name = sqlite3_mprintf("%s", name);
    const std::lock_guard lock(self->m_mutex);
    (void)self->disk(name);
    return result;
}

int FaultVfs::remove(sqlite3_vfs *vfs, const char *name, int syncFolder)
{
    auto *self = static_cast<FaultVfs *>(vfs->pAppData);
    Fault fault{};
    if (self->fails(Call::Delete, fault))
        return codeOf(fault, Call::Delete);
    const std::lock_guard lock(self->m_mutex);
    self->m_disks.erase(name);
    return self->m_below->xDelete(self->m_below, name, syncFolder);
}

/// What lies there when it is first seen is on the disk.
FaultVfs::Disk &FaultVfs::disk(const std::string &file)
{
    const auto found = m_disks.find(file);
    if (found != m_disks.end())
        return found->second;
    Disk disk;
    std::ifstream in(file, std::ios::binary);
    disk.synced.assign(std::istreambuf_iterator<char>(in), {});
    disk.everSynced = !disk.synced.empty();
    return m_disks.emplace(file, std::move(disk)).first->second;
}

FaultVfs::Plan FaultVfs::only(Call call, std::int64_t from, Fault fault)
{
    Plan plan{from, 1, fault, {}};
    plan.kinds[static_cast<std::size_t>(call)] = true;
    return plan;
}

void FaultVfs::plan(const Plan &plan)
{
    const std::lock_guard lock(m_mutex);
    m_plan = plan;
    m_calls = m_failed = 0;
}

void FaultVfs::atCall(std::int64_t number, std::function<void()> action)
{
    const std::lock_guard lock(m_mutex);
    m_actionAt = number;
    m_action = std::move(action);
}

bool FaultVfs::fails(Call call, Fault &fault)
{
    std::function<void()> action;
    {
        const std::lock_guard lock(m_mutex);
        if (m_plan.kinds[static_cast<std::size_t>(call)] && m_calls + 1 == m_actionAt)
            action = std::exchange(m_action, nullptr);
    }
    if (action)
        action();
    const std::lock_guard lock(m_mutex);
    if (!m_plan.kinds[static_cast<std::size_t>(call)])
        return false;
    ++m_calls;
    if (m_plan.from == 0 || m_calls < m_plan.from || m_calls >= m_plan.from + m_plan.count)
        return false;
    fault = m_plan.fault;
    ++m_failed;
    return true;
}

std::int64_t FaultVfs::calls() const
{
    const std::lock_guard lock(m_mutex);
    return m_calls;
}

std::int64_t FaultVfs::failed() const
{
    const std::lock_guard lock(m_mutex);
    return m_failed;
}

void FaultVfs::lie(bool on)
{
    const std::lock_guard lock(m_mutex);
    m_lying = on;
}

void FaultVfs::forget()
{
    const std::lock_guard lock(m_mutex);
    m_disks.clear();
}

void FaultVfs::powerCut(const std::string &folder, Random &random) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto &[name, disk] : m_disks) {
        if (!disk.everSynced && random.below(2) == 0)
            continue; // Its name never reached the folder.
        std::string content = disk.synced;
        std::vector<const Change *> reached;
        const auto share = random.below(5); // 0: nothing of it, 4: all of it.
        for (const Change &change : disk.since) {
            if (random.below(4) < share)
                reached.push_back(&change);
        }
        if (share < 4 && random.below(2) == 0) {
            for (std::size_t at = reached.size(); at > 1; --at)
                std::swap(reached[at - 1], reached[random.below(at)]);
        }
        for (const Change *change : reached) {
            if (change->truncate) {
                content.resize(static_cast<std::size_t>(change->at));
                continue;
            }
            const bool torn = share < 4 && random.below(4) == 0;
            for (std::size_t from = 0; from < change->bytes.size(); from += kSector) {
                if (!torn || random.below(2) == 0)
                    put(content, change->at + static_cast<std::int64_t>(from),
                        std::string_view(change->bytes).substr(from, kSector));
            }
        }
        const auto target = std::filesystem::path(folder)
            / std::filesystem::path(name).filename();
        std::ofstream(target, std::ios::binary | std::ios::trunc)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
    }
}

} // namespace tw::test
