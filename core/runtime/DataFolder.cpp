// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/DataFolder.h"

#include "core/base/Text.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace tw {
namespace {

Error unusable(const std::string &path, const std::string &why)
{
    return transientError("runtime.data_folder", "The data folder " + path
                                                     + " cannot be used: " + why + ".");
}

} // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::string &path)
{
    std::unique_ptr<DataFolder> folder(new DataFolder);
    if (path.empty()) {
        folder->m_temporary = std::make_unique<QTemporaryDir>();
        if (!folder->m_temporary->isValid())
            return unusable("for temporary files", toUtf8(folder->m_temporary->errorString()));
        folder->m_path = toUtf8(folder->m_temporary->path());
    } else {
        std::error_code failure;
        const bool made = std::filesystem::create_directories(path, failure);
        if (failure)
            return unusable(path, failure.message());
        if (made)
            std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
        folder->m_path = path;
    }
    if (auto locked = folder->lock(); !locked)
        return std::move(locked).error();
    if (!path.empty())
        folder->keepPrivate();
    return folder;
}

/// What earlier builds left readable to others. Only what is ours: the folder may hold more.
void DataFolder::keepPrivate() const
{
    namespace fs = std::filesystem;
    std::error_code ignored;
    const auto shut = [&ignored](const fs::directory_entry &entry) {
        if (entry.is_regular_file(ignored) && !entry.is_symlink(ignored))
            fs::permissions(entry.path(), fs::perms::owner_read | fs::perms::owner_write, ignored);
    };
    for (const auto &entry : fs::directory_iterator(m_path, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("journal.db"))
            shut(entry);
        if (name != "backups" && !name.starts_with("double-"))
            continue;
        for (const auto &inside : fs::directory_iterator(entry.path(), ignored))
            shut(inside);
    }
}

Result<void> DataFolder::lock()
{
    const std::string name = file("lock");
    m_lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m_lock < 0)
        return unusable(m_path, std::strerror(errno));
    if (::flock(m_lock, LOCK_EX | LOCK_NB) != 0)
        return transientError("runtime.data_in_use",
                              "Another Tidewire is running on the data folder " + m_path
                                  + ". Stop it, or name another folder.");
    return {};
}

DataFolder::~DataFolder()
{
    if (m_lock >= 0)
        ::close(m_lock);
}

std::string DataFolder::kept(const std::string &name) const
{
    if (m_temporary)
        return {};
    std::error_code ignored;
    std::filesystem::create_directories(file(name), ignored);
    return file(name);
}

} // namespace tw
