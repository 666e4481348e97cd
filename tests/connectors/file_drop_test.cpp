// SPDX-License-Identifier: MIT
#include "connectors/file_drop.hpp"

#include "tests/connectors/names.hpp"
#include "tests/connectors/recording_gate.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace nurture::connectors;
using nurture::test::RecordingGate;
namespace fs = std::filesystem;

namespace {

struct Directory {
    Directory() {
        std::string name = (fs::temp_directory_path() / "file_drop.XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~Directory() { fs::remove_all(path); }
    std::string read(const std::string& file) const {
        std::ifstream in(path / file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
    fs::path path;
};

Job mail(JobId id, const std::string& stem) {
    Job job;
    job.id = id;
    job.file_stem = stem;
    job.email.from = {"Dana Wu", "dana.wu@lonestar.example"};
    job.email.to = {"Ana", "ana.ruiz@mail.example"};
    job.email.subject = "Hello";
    job.email.plain = "Hi Ana\n";
    job.email.message_id = "<1@lonestar.example>";
    return job;
}

}  // namespace

TEST_CASE("a released mail lies in the directory as one .eml file, a released SMS as text") {
    Directory directory;
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path / "out"}, gate);
    gate.on_ready = [&](JobId id) { drop->release(id, true); };
    drop->submit(mail(1, "0001-icu-hello"));
    CHECK(gate.outcome(1).answer == Answer::accepted);
    CHECK(gate.outcome(1).remote_id == "0001-icu-hello.eml");
    CHECK_THAT(directory.read("out/0001-icu-hello.eml"),
               Catch::StartsWith("From: Dana Wu <dana.wu@lonestar.example>\r\n"));

    Job sms;
    sms.id = 2;
    sms.channel = Channel::sms;
    sms.file_stem = "0002";
    sms.sms.sender = "10000";
    sms.sms.to = "+12145550142";
    sms.sms.text = "2 ICU openings near Plano.\nReply STOP to opt out";
    drop->submit(sms);
    CHECK(gate.outcome(2).answer == Answer::accepted);
    CHECK(directory.read("out/0002.sms.txt") ==
          "From: 10000\nTo: +12145550142\n\n2 ICU openings near Plano.\nReply STOP to opt out\n");
    CHECK(std::distance(fs::directory_iterator(directory.path / "out"), fs::directory_iterator()) == 2);
}

TEST_CASE("nothing is written before the gate has answered, nor when it refuses") {
    Directory directory;
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path}, gate);
    drop->submit(mail(1, "one"));
    CHECK(gate.asked().size() == 1);
    CHECK(directory.files() == 0);
    drop->release(1, false);
    CHECK(gate.outcome(1).answer == Answer::refused);
    CHECK(directory.files() == 0);
    drop->release(1, true);
    CHECK(gate.outcomes(1) == 1);
    CHECK(directory.files() == 0);
}

TEST_CASE("a file that is there already is never overwritten: that key was handed over before") {
    Directory directory;
    std::ofstream(directory.path / "one.eml") << "the first";
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path}, gate);
    gate.on_ready = [&](JobId id) { drop->release(id, true); };
    drop->submit(mail(1, "one"));
    CHECK(gate.outcome(1).answer == Answer::in_doubt);
    CHECK(directory.read("one.eml") == "the first");
    CHECK(directory.files() == 1);
}

TEST_CASE("a directory that cannot be written is a reason to try later") {
    Directory directory;
    std::ofstream(directory.path / "file") << "in the way";
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path / "file"}, gate);
    gate.on_ready = [&](JobId id) { drop->release(id, true); };
    drop->submit(mail(1, "one"));
    CHECK(gate.outcome(1).answer == Answer::deferred);
    CHECK(directory.files() == 1);
}

TEST_CASE("a name that could leave the directory is refused") {
    Directory directory;
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path / "out"}, gate);
    gate.on_ready = [&](JobId id) { drop->release(id, true); };
    JobId id = 0;
    for (const char* stem : {"../one", "a/b", ".hidden", "", "a b"}) {
        drop->submit(mail(++id, stem));
        CHECK(gate.outcome(id).answer == Answer::rejected);
    }
    CHECK_FALSE(fs::exists(directory.path / "one.eml"));
}

TEST_CASE("what was not released when the connector stops ends as refused") {
    Directory directory;
    RecordingGate gate;
    auto drop = make_file_drop({.directory = directory.path}, gate);
    drop->submit(mail(1, "one"));
    drop->stop();
    CHECK(gate.outcome(1).answer == Answer::refused);
    CHECK(directory.files() == 0);
}
