/** Client secrets: how they are made and checked. */
@NullMarked
package dev.chatgate.identity.clientsecret;

import org.jspecify.annotations.NullMarked;
