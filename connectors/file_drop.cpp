// SPDX-License-Identifier: MIT
#include "connectors/file_drop.hpp"

#include "connectors/mime.hpp"
#include "connectors/mime_text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace nurture::connectors {

namespace {

constexpr int k_capacity = 64;           // how many share one commit; more gains nothing measurable
constexpr std::size_t k_max_stem = 200;  // file names end at 255 bytes, and the extension and ".tmp" come on top

bool safe_stem(std::string_view stem) {
    return !stem.empty() && stem.size() <= k_max_stem && stem.front() != '.' &&
           std::all_of(stem.begin(), stem.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                      c == '_' || c == '.';
           });
}

std::optional<std::string> sms_file(const SmsMessage& sms) {
    if (!header_text(sms.sender) || !header_text(sms.to) || !body_text(sms.text))
        return std::nullopt;
    return "From: " + sms.sender + "\nTo: " + sms.to + "\n\n" + sms.text + "\n";
}

class File {
public:
    File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
    ~File() {
        if (fd_ >= 0)
            close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool opened() const { return fd_ >= 0; }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            ssize_t written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    bool sync() { return fsync(fd_) == 0; }

private:
    int fd_;
};

class FileDrop final : public Connector {
public:
    FileDrop(FileDropConfig config, Gate& gate) : config_(std::move(config)), gate_(gate) {}

    int capacity() const override { return k_capacity; }
    std::string name() const override { return "file:" + config_.directory.filename().string(); }

    void submit(Job job) override {
        JobId id = job.id;
        waiting_.emplace(id, std::move(job));
        gate_.ready(id);
    }

    void release(JobId id, bool go) override {
        auto job = waiting_.extract(id);
        if (job)
            gate_.done(id, go ? hand_over(job.mapped()) : Outcome{.answer = Answer::refused});
    }

    void stop() override {
        for (auto& [id, job] : std::exchange(waiting_, {}))
            gate_.done(id, Outcome{.answer = Answer::refused});
    }

private:
    Outcome hand_over(const Job& job) {
        auto content = job.channel == Channel::email ? write_mime(job.email) : sms_file(job.sms);
        if (!content || !safe_stem(job.file_stem))
            return Outcome{.answer = Answer::rejected, .blame = Blame::content};
        std::string file = job.file_stem + (job.channel == Channel::email ? ".eml" : ".sms.txt");
        int error = publish(file, *content);
        if (error == 0)
            return Outcome{.answer = Answer::accepted, .remote_id = file};
        if (error == EEXIST)
            return Outcome{.answer = Answer::in_doubt, .blame = Blame::none};
        return Outcome{.answer = Answer::deferred, .blame = Blame::connection};
    }

    /// errno, or 0. link() and not rename(): it gives the name and refuses one that is taken in the same step.
    int publish(const std::string& file, const std::string& content) {
        std::error_code ignored;
        std::filesystem::create_directories(config_.directory, ignored);
        std::string final_path = (config_.directory / file).string();
        std::string temporary = (config_.directory / ('.' + file + ".tmp")).string();
        int error = fill(temporary, content);
        if (error == 0 && link(temporary.c_str(), final_path.c_str()) != 0)
            error = errno;
        unlink(temporary.c_str());
        if (error == 0 && config_.durable && !File(config_.directory.string(), O_RDONLY | O_DIRECTORY).sync())
            return 0;  // it has its name; taking it back would be worse than a name that a power cut may lose
        return error;
    }

    int fill(const std::string& path, const std::string& content) {
        File file(path, O_WRONLY | O_CREAT | O_TRUNC);
        bool good = file.opened() && file.write(content) && (!config_.durable || file.sync());
        return good ? 0 : (errno != 0 ? errno : EIO);
    }

    const FileDropConfig config_;
    Gate& gate_;
    std::map<JobId, Job> waiting_;
};

}  // namespace

std::unique_ptr<Connector> make_file_drop(FileDropConfig config, Gate& gate) {
    return std::make_unique<FileDrop>(std::move(config), gate);
}

}  // namespace nurture::connectors
