#include "make_thumbnail.hpp"

#include "library.hpp"
#include "pixels.hpp"

#include <kue/outcome.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace studio {
namespace {

// Progress of one part of the work, for the bar on the page; false once the worker wants the job to end.
Tick part(kue::Context& ctx, int from, int to, char const* what) {
  return [&ctx, from, to, what](double done) {
    ctx.progress(from + static_cast<int>(done * (to - from)), what);
    return !ctx.stop_requested();
  };
}

std::vector<std::uint8_t> original_of(Library& library, PictureId const& id) {
  try {
    return library.original(id);
  } catch (std::system_error const& error) {
    if (error.code() != std::errc::no_such_file_or_directory) throw;
    throw kue::discard(fmt::format("The picture is not in the folder {} that this worker uses. "
                                   "Start page and worker with the same --data.",
                                   library.folder().string()));
  }
}

}  // namespace

void MakeThumbnail::validate() const {
  if (!PictureId::parse(picture))
    throw std::invalid_argument("picture: expected the 32 hexadecimal digits of a picture's id");
  if (std::find(kSizes.begin(), kSizes.end(), size) == kSizes.end()) {
    throw std::invalid_argument(fmt::format("size: {} is none of {}", size, fmt::join(kSizes, ", ")));
  }
}

Thumbnail MakeThumbnail::run(kue::Context& ctx, Library& library) const try {
  PictureId const id = *PictureId::parse(picture);
  std::vector<std::uint8_t> const file = original_of(library, id);
  Probe const probe = probe_header(file);
  if (!probe.header) throw kue::discard(probe.refusal);

  Pixels const original = decode(file, part(ctx, 2, 50, "reading"));
  Pixels small = shrink(original, fit(probe.header->stored, size), part(ctx, 50, 85, "shrinking"));
  small = turn(std::move(small), probe.header->orientation);
  if (!part(ctx, 85, 95, "writing")(0)) throw Stopped();
  std::string const jpeg = encode_jpeg(small);
  ctx.progress(95, "writing");
  library.write_thumbnail(id, size, jpeg);
  ctx.log().info("{} px of picture {}: {} x {}, {} bytes", size, picture, small.extent.width, small.extent.height,
                 jpeg.size());
  return {small.extent.width,
          small.extent.height,
          static_cast<std::int64_t>(jpeg.size()),
          original.extent == fit(original.extent, size),
          getpid(),
          getppid()};
} catch (Unreadable const& error) {
  throw kue::discard(error.what());  // trying again would read the same bytes
} catch (Stopped const&) {
  if (ctx.stop_cause() == kue::StopCause::shutdown) throw kue::interrupted();
  throw kue::retry_in(std::chrono::seconds(1), "stopped: this size took longer than a minute");
}

}  // namespace studio
