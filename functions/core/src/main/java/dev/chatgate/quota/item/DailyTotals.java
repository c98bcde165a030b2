package dev.chatgate.quota.item;

import dev.chatgate.usage.UsageTotals;

/**
 * What a quota item counts of one model on one day.
 *
 * @param epochDay the UTC day
 * @param modelCode the model's number in the item
 * @param model the model's name
 * @param flushed how many parts of it an earlier release made rows of the Usage table
 * @param tally the rest
 */
public record DailyTotals(
    int epochDay, int modelCode, String model, int flushed, UsageTotals tally) {}
