// The place for your own login. This one believes the name in a cookie, so that the example needs no accounts.

// The id of the user who is signed in, 1 to 128 visible ASCII characters; undefined if nobody is.
export const signedInUser = (request) => /(?:^|; )name=([\w-]{1,64})/.exec(request.headers.get('cookie') ?? '')?.[1];
