package dev.chatgate.openai.operation.chat;

import org.jspecify.annotations.Nullable;

/** The member of a message's part that holds no text but media. */
enum PartMember {
  PICTURE,
  FILM,
  SOUND,
  FILE;

  /** The member of this name, or null if it is of another sort. */
  static @Nullable PartMember named(String name) {
    return switch (name) {
      case "image_url", "input_image" -> PICTURE;
      case "video_url", "video", "input_video" -> FILM;
      case "input_audio", "audio_url" -> SOUND;
      case "file", "input_file", "file_data", "file_id", "file_url" -> FILE;
      default -> null;
    };
  }
}
