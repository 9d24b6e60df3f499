import { Controller, Get } from '@nestjs/common';
import { CurrentUser, RequireRole } from './roles.ts';
import type { User } from './roles.ts';

/** Whom this service takes the caller for: a token can be tried out without changing anything. */
@Controller('whoami')
export class WhoAmIController {
  @Get()
  @RequireRole('operator', 'auditor')
  who(@CurrentUser() user: User): User {
    return user;
  }
}
