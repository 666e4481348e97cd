// SPDX-License-Identifier: MIT
#include "daemon/cli/editor.hpp"

#include "daemon/base/files.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>

namespace nurture::cli {
namespace {

// A paragraph, not an essay: it goes into somebody's message as it is.
constexpr std::size_t k_longest_note = 4000;

std::string editor() {
    for (const char* name : {"VISUAL", "EDITOR"})
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
            return value;
    throw Usage("say which editor to write in (the variable EDITOR), or give the words with --text");
}

/// In the user's own temporary directory, readable by nobody else, removed in any case.
class Draft {
public:
    explicit Draft(const std::string& text) {
        std::string path = std::filesystem::temp_directory_path() / "nurture-note-XXXXXX";
        const int file = ::mkstemp(path.data());
        if (file < 0)
            throw Failure("no temporary file can be made in " + std::filesystem::temp_directory_path().string());
        path_ = path;
        const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::close(file);
        if (!written)
            throw Failure("nothing can be written to " + path_.string());
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    /// $EDITOR may carry arguments, so the shell takes it apart; the file is an argument of its own.
    void edit(const std::string& with) const {
        const std::string command = with + " \"$1\"";
        const auto child = ::fork();
        if (child == 0) {
            ::execl("/bin/sh", "sh", "-c", command.c_str(), "sh", path_.c_str(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            throw Failure(fmt::format("the editor ({}) ended with an error; nothing was noted", with));
    }

    std::string text() const { return base::read_file(path_, std::size_t{1} << 20); }

private:
    std::filesystem::path path_;
};

std::string commented(const std::string& about) {
    std::string text = "\n";
    std::istringstream lines(about + "\n\nLines that begin with # are left out. An empty note changes nothing.");
    for (std::string line; std::getline(lines, line);)
        text += line.empty() ? "#\n" : "# " + line + "\n";
    return text;
}

std::string without_comments(const std::string& text) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with('#'))
            kept += line + "\n";
    return kept;
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string::npos ? std::string()
                                      : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

std::string written_note(Session& session, const std::string& given, const std::string& about) {
    std::string text = given;
    if (given == "-") {
        text.assign(std::istreambuf_iterator<char>(session.in), {});
    } else if (given.empty()) {
        const Draft draft(commented(about));
        draft.edit(editor());
        text = without_comments(draft.text());
    }
    text = trimmed(text);
    if (text.empty())
        throw Failure("the note is empty, so nothing was noted; the message still waits");
    if (text.size() > k_longest_note)
        throw Failure(fmt::format("a personal note has at most {} characters: this is a letter", k_longest_note));
    return text;
}

}  // namespace nurture::cli
