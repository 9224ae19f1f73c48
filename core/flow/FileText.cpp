// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FileText.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tw {
namespace {

constexpr off_t kLargestFile = 4 << 20;

class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int number() const { return m_number; }
    bool close()
    {
        const bool fine = m_number < 0 || ::close(m_number) == 0;
        m_number = -1;
        return fine;
    }

private:
    int m_number;
};

Error failure(const char *code, const std::string &path, const char *what)
{
    return transientError(code, std::string(what) + ' ' + path + ": " + std::strerror(errno) + '.');
}

bool writeAll(int file, const std::string &text)
{
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

std::string behindLinks(const std::string &path)
{
    char *real = ::realpath(path.c_str(), nullptr);
    if (!real)
        return path;
    std::string target(real);
    std::free(real);
    return target;
}

std::string folderOf(const std::string &path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

mode_t modeFor(const std::string &path)
{
    struct stat known;
    return ::stat(path.c_str(), &known) == 0 ? known.st_mode & 07777 : 0644;
}

} // namespace

Result<std::string> readTextFile(const std::string &path)
{
    // A named pipe in a project folder must not stop the program.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        return failure(errno == ENOENT ? "flow.no_such_file" : "flow.cannot_read", path,
                       "Cannot read");
    struct stat about;
    if (::fstat(file.number(), &about) != 0 || !S_ISREG(about.st_mode)) {
        errno = EINVAL;
        return failure("flow.cannot_read", path, "Not a file:");
    }
    if (about.st_size > kLargestFile)
        return configError("flow.file_too_large",
                           path + " is larger than 4 MiB, more than a flow file can be.");
    std::string text(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::read(file.number(), text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failure("flow.cannot_read", path, "Cannot read");
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
}

Result<void> writeTextFile(const std::string &path, const std::string &text)
{
    const std::string target = behindLinks(path);
    std::string name = target + ".XXXXXX";
    Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
    if (file.number() < 0)
        return failure("flow.cannot_write", target, "Cannot write");
    const bool written = writeAll(file.number(), text) &&
                         ::fchmod(file.number(), modeFor(target)) == 0 &&
                         ::fsync(file.number()) == 0 && file.close();
    if (!written || ::rename(name.c_str(), target.c_str()) != 0) {
        const Error error = failure("flow.cannot_write", target, "Cannot write");
        ::unlink(name.c_str());
        return error;
    }
    // The rename itself is on disk only when the folder is.
    Descriptor folder(::open(folderOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() >= 0)
        ::fsync(folder.number());
    return {};
}

} // namespace tw
