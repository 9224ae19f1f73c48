// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/vault/OwnFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace tw {
namespace {

constexpr off_t kLargest = 4 << 20;

struct Closer
{
    int file;
    ~Closer()
    {
        if (file >= 0)
            ::close(file);
    }
};

Error failure(const char *code, const char *what, const std::string &path)
{
    return transientError(code, std::string(what) + ' ' + path + ": " + std::strerror(errno) + '.');
}

bool transferAll(int file, const std::string &bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::write(file, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

Result<std::optional<std::string>> readChecked(const std::string &path, bool forOwnerAlone)
{
    const Closer opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (opened.file < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::optional<std::string>();
        return failure("vault.cannot_read", "Cannot read", path);
    }
    struct stat about;
    if (::fstat(opened.file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > kLargest) {
        errno = EINVAL;
        return failure("vault.cannot_read", "Not a small file:", path);
    }
    if (forOwnerAlone && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return configError("vault.readable_by_others",
                           "The key in " + path +
                               " is open to other users of this machine. Run: "
                               "chmod 600 " +
                               path);
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::read(opened.file, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failure("vault.cannot_read", "Cannot read", path);
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return std::optional<std::string>(std::move(bytes));
}

} // namespace

Result<std::optional<std::string>> readOwnFile(const std::string &path)
{
    return readChecked(path, false);
}

Result<std::optional<std::string>> readSecretFile(const std::string &path)
{
    return readChecked(path, true);
}

Result<bool> writeOwnFile(const std::string &path, const std::string &bytes, OnExisting existing)
{
    std::string name = path + ".XXXXXX";
    Closer made{::mkostemp(name.data(), O_CLOEXEC)}; // mode 0600
    if (made.file < 0)
        return failure("vault.cannot_write", "Cannot write", path);
    bool done = transferAll(made.file, bytes) && ::fsync(made.file) == 0;
    bool kept = false;
    if (done && existing == OnExisting::Keep) {
        // Two programs that make a key at once must end with the same one.
        done = ::link(name.c_str(), path.c_str()) == 0;
        kept = !done && errno == EEXIST;
    } else if (done) {
        done = ::rename(name.c_str(), path.c_str()) == 0;
    }
    const Error error = failure("vault.cannot_write", "Cannot write", path);
    if (!done || existing == OnExisting::Keep)
        ::unlink(name.c_str());
    if (!done && !kept)
        return error;
    // The new name is on disk only when the folder is.
    const std::string parent = std::filesystem::path(path).parent_path().string();
    const Closer folder{
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.file >= 0)
        ::fsync(folder.file);
    return done;
}

Result<void> makeOwnFolder(const std::string &path)
{
    std::string made;
    for (const auto &part : std::filesystem::path(path)) {
        made = (std::filesystem::path(made) / part).string();
        if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST && !std::filesystem::exists(made))
            return failure("vault.cannot_write", "Cannot make the folder", path);
    }
    return {};
}

} // namespace tw
